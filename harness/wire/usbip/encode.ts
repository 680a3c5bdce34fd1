import { encodeDevice, encodeInterfaces } from './device-record.ts';
import { errno, operationCodes, operationStatus, sizes, transferCommands, usbipVersion, type UsbipReply, type UsbipRequest } from './messages.ts';

/** Bytes of what a server says. @throws RangeError if a value does not fit its field. */
export function encodeReply(reply: UsbipReply): Buffer {
  switch (reply.name) {
    case 'devices': {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(reply.devices.length);
      return Buffer.concat([operation(operationCodes.replyDevices, operationStatus.ok), count, ...reply.devices.flatMap((device) => [encodeDevice(device), encodeInterfaces(device)])]);
    }
    case 'imported':
      return Buffer.concat([operation(operationCodes.replyImport, reply.status), ...(reply.device ? [encodeDevice(reply.device)] : [])]);
    case 'submitted': {
      const header = transfer(transferCommands.submitted, reply.sequence);
      header.writeInt32BE(reply.status, 20);
      header.writeUInt32BE(reply.length, 24);
      header.writeUInt32BE(reply.packets, 32);
      return Buffer.concat([header, reply.data, refusedPackets(reply.packets)]);
    }
    case 'unlinked': {
      const header = transfer(transferCommands.unlinked, reply.sequence);
      header.writeInt32BE(reply.status, 20);
      return header;
    }
  }
}

/** Bytes of what a client says. @throws RangeError if a value does not fit its field. */
export function encodeRequest(request: UsbipRequest): Buffer {
  switch (request.name) {
    case 'devices':
      return operation(operationCodes.requestDevices, operationStatus.ok);
    case 'import': {
      const busId = Buffer.alloc(sizes.busId);
      busId.write(request.busId.slice(0, sizes.busId - 1), 'latin1');
      return Buffer.concat([operation(operationCodes.requestImport, operationStatus.ok), busId]);
    }
    case 'submit': {
      const header = transfer(transferCommands.submit, request.sequence);
      [request.deviceId, request.isIn ? 1 : 0, request.endpoint, request.flags, request.length, request.startFrame, request.packets, request.interval].forEach((value, index) => header.writeUInt32BE(value, 8 + 4 * index));
      header.set(request.setup.subarray(0, 8), 40);
      return Buffer.concat([header, request.data]);
    }
    case 'unlink': {
      const header = transfer(transferCommands.unlink, request.sequence);
      header.writeUInt32BE(request.deviceId, 8);
      header.writeUInt32BE(request.target, 20);
      return header;
    }
  }
}

function operation(code: number, status: number): Buffer {
  const header = Buffer.alloc(sizes.operation);
  header.writeUInt16BE(usbipVersion, 0);
  header.writeUInt16BE(code, 2);
  header.writeUInt32BE(status, 4);
  return header;
}

function transfer(command: number, sequence: number): Buffer {
  const header = Buffer.alloc(sizes.transfer);
  header.writeUInt32BE(command, 0);
  header.writeUInt32BE(sequence, 4);
  return header;
}

/** Descriptors of isochronous packets none of which moved a byte; the client reads one for each packet that it asked for. */
function refusedPackets(count: number): Buffer {
  const packets = Buffer.alloc(count * sizes.isoPacket);
  for (let index = 0; index < count; index += 1) packets.writeInt32BE(-errno.invalid, index * sizes.isoPacket + 12);
  return packets;
}
