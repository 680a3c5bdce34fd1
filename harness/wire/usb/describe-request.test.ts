import { expect } from 'chai';
import { describeDescriptor, describeRequest, describeRequestType } from './describe-request.ts';

const setup = (requestType: number, request: number, value = 0, index = 0) => ({ requestType, request, value, index, length: 0 });

describe('describeRequest', () => {
  it('names standard requests with what they are about, and leaves those of classes alone', () => {
    expect(describeRequest(setup(0x80, 6, 0x0302, 0x0409))).to.equal('GET_DESCRIPTOR string 2, English');
    expect(describeRequest(setup(0x81, 6, 0x2200))).to.equal('GET_DESCRIPTOR HID report');
    expect(describeRequest(setup(0x02, 1, 0, 0x81))).to.equal('CLEAR_FEATURE halt of endpoint 1 IN');
    expect(describeRequest(setup(0x01, 11, 1, 2))).to.equal('SET_INTERFACE 2 alternate 1');
    expect(describeRequest(setup(0xa1, 0))).to.equal(undefined);
    expect(describeRequest(setup(0x80, 77))).to.equal(undefined);
    expect(describeRequestType(0xa1)).to.equal('device to host, class, interface');
  });
});

describe('describeDescriptor', () => {
  it('reads a device, a configuration and a string, and nothing of what is cut or unknown', () => {
    expect(describeDescriptor(Buffer.from('120100020000004082049d06000101020301', 'hex')).join('\n')).to.contain('id 0482:069d, version 1.00');
    expect(describeDescriptor(Buffer.from('09029300030100c001', 'hex'))).to.deep.equal(['147 bytes in all, 3 interfaces, number 1', 'self powered, 2 mA']);
    expect(describeDescriptor(Buffer.from('0c034b0079006f0063006500', 'hex'))).to.deep.equal(['"Kyoce"']);
    for (const bytes of ['', '12', '1201', '0000', '0902', 'ffffffff']) expect(describeDescriptor(Buffer.from(bytes, 'hex'))).to.deep.equal([]);
  });
});
