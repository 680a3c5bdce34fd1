import { expect } from 'chai';
import { publicKeyText, sameKey } from './host-key.ts';

const text = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEHJC2syK6Hcu1gUutuzLVJSffnQJ1q4C/4bI7HyYJlq';

describe('host key', () => {
  it('is shown as in a known_hosts line', () => {
    expect(publicKeyText(Buffer.from(text.split(' ')[1] ?? '', 'base64'))).to.equal(text);
    expect(publicKeyText(new Uint8Array([1]))).to.equal(' AQ==');
  });

  it('is the same whatever its comment, and another when one character differs', () => {
    expect(sameKey(text, `${text} root@guest\n`)).to.equal(true);
    expect(sameKey(text, text.replace('lq', 'lr'))).to.equal(false);
    expect(sameKey(text, '')).to.equal(false);
  });
});
