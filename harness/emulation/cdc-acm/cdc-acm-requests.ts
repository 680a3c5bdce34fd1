import { HwlabError } from '../../base/hwlab-error.ts';
import type { ControlReply, EmulatedModel, SetupPacket } from '../usb-device.ts';
import { decodeLineCoding, encodeLineCoding, lineCodingText, type LineCoding } from './line-coding.ts';

const setLineCoding = 0x20;
const getLineCoding = 0x21;
const setControlLineState = 0x22;
const sendBreak = 0x23;

const done: ControlReply = { status: 'ok', data: new Uint8Array(0) };

/** What the driver of a CDC-ACM port can set and ask (USB CDC PSTN 1.2, 6.3). */
export interface CdcAcmLine {
  readonly coding: LineCoding;
  setCoding(coding: LineCoding): void;
  setLines(dtr: boolean, rts: boolean): void;
  /** `milliseconds`: 65535 is "until told otherwise", 0 ends it. */
  sendBreak?(milliseconds: number): void;
}

/** Answers a request to the port; undefined, for a stall, if it is none or its data are malformed. */
export function answerCdcAcm(line: CdcAcmLine, setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
  if (setup.requestType === 0xa1) return setup.request === getLineCoding ? { status: 'ok', data: encodeLineCoding(line.coding) } : undefined;
  if (setup.requestType !== 0x21) return undefined;
  switch (setup.request) {
    case setLineCoding: {
      const coding = decodeLineCoding(data);
      if (!coding) return undefined;
      line.setCoding(coding);
      return done;
    }
    case setControlLineState:
      line.setLines((setup.value & 1) !== 0, (setup.value & 2) !== 0);
      return done;
    case sendBreak:
      line.sendBreak?.(setup.value);
      return done;
    default:
      return undefined;
  }
}

/** For people: `SET_LINE_CODING 115200 8N1`; undefined if it is no request to such a port. */
export function nameCdcAcmRequest(setup: SetupPacket, data: Uint8Array): string | undefined {
  if ((setup.requestType & 0x7f) !== 0x21) return undefined;
  const coding = decodeLineCoding(data);
  switch (setup.request) {
    case setLineCoding:
      return `SET_LINE_CODING ${coding ? lineCodingText(coding) : 'malformed'}`;
    case getLineCoding:
      return `GET_LINE_CODING ${coding ? lineCodingText(coding) : ''}`.trim();
    case setControlLineState:
      return `SET_CONTROL_LINE_STATE DTR ${setup.value & 1 ? 'on' : 'off'}, RTS ${setup.value & 2 ? 'on' : 'off'}`;
    case sendBreak:
      return `SEND_BREAK ${setup.value} ms`;
    default:
      return undefined;
  }
}

/**
 * Number of the bulk IN endpoint of the CDC data interface.
 * @throws HwlabError usage `bad-model` if there is none.
 */
export function cdcBulkIn(model: EmulatedModel): number {
  const data = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).find((alternate) => alternate.class[0] === 0x0a);
  const bulkIn = data?.endpoints.find(({ type, address }) => type === 'bulk' && (Number(address) & 0x80) !== 0);
  if (!bulkIn) throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no CDC data interface (class 0x0a) with a bulk IN endpoint` });
  return Number(bulkIn.address) & 0x0f;
}
