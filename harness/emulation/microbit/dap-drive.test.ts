import { expect } from 'chai';
import { dataAreaOf } from '../mass-storage/fat16.ts';
import { dapAnswer } from './cmsis-dap.ts';
import { DapDrive, type DapDriveBehaviour } from './dap-drive.ts';

const usual: DapDriveBehaviour = { transferTimeout: 5000, remount: 100, flashPerSector: 0, needsOrder: false };
const hex = Buffer.from(`${':10000000000102030405060708090A0B0C0D0E0F78\r\n'.repeat(40)}:00000001FF`);
const padded = Buffer.concat([hex, Buffer.alloc(2048 - (hex.length % 512))]);

function write(drive: DapDrive, sector: number, data: Uint8Array): void {
  const first = dataAreaOf(0, 131_072) + sector;
  const cdb = Buffer.alloc(10);
  cdb.writeUInt8(0x2a, 0);
  cdb.writeUInt32BE(first, 2);
  cdb.writeUInt16BE(data.length / 512, 7);
  const step = drive.disk.command(cdb);
  if (step.then === 'receive') step.take(data);
}

describe('drive of a micro:bit', () => {
  it('takes a program by its sectors and comes back without it', async () => {
    const drive = new DapDrive(usual, 'MICROBIT', []);
    write(drive, 8, padded.subarray(0, 1024));
    expect(drive.receiving).to.equal(true);
    write(drive, 10, padded.subarray(1024, 2048));
    expect(drive.flashed?.equals(hex)).to.equal(true);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(drive.remounts).to.equal(1);
    expect(drive.disk.command(Buffer.from('000000000000', 'hex')), 'the first command after it').to.include({ then: 'end', good: false });
  });

  it('puts pieces in order, or refuses them, as its model says', () => {
    const patient = new DapDrive(usual, 'MICROBIT', []);
    write(patient, 8, padded.subarray(0, 512));
    write(patient, 10, padded.subarray(1024, 2048));
    write(patient, 9, padded.subarray(512, 1024));
    expect(patient.flashed?.equals(hex)).to.equal(true);
    expect(patient.outOfOrder).to.be.greaterThan(0);
    const strict = new DapDrive({ ...usual, needsOrder: true }, 'MICROBIT', []);
    write(strict, 8, padded.subarray(0, 512));
    write(strict, 10, padded.subarray(1024, 2048));
    expect(strict.failure).to.include('out of order');
  });

  it('gives up a program that does not end, and takes no other file for one', async () => {
    const drive = new DapDrive({ ...usual, transferTimeout: 30 }, 'MICROBIT', []);
    write(drive, 4, Buffer.alloc(512, 'x'));
    expect(drive.receiving).to.equal(false);
    write(drive, 8, padded.subarray(0, 512));
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(drive.failure).to.include('timed out');
    drive.powerOff();
  });

  it('answers CMSIS-DAP information', () => {
    const facts = { product: 'P', serial: 'S', firmware: '2.1.0' };
    expect(dapAnswer(Uint8Array.of(0, 4), facts).toString('latin1')).to.equal('\0\x062.1.0\0');
    expect(dapAnswer(Uint8Array.of(0, 0xff), facts).toString('hex')).to.equal('00024000');
    expect(dapAnswer(Uint8Array.of(0x12), facts).toString('hex')).to.equal('ff');
  });
});
