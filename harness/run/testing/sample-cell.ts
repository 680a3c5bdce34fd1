import type { Result } from '../../db/generated/result.ts';
import type { EmulatedModel } from '../../emulation/usb-device.ts';
import { cellName, type Cell } from '../cell.ts';

/** A model that no emulator runs; for tests of planning and of the pipeline. */
export function sampleModel(id: string, suites: readonly string[] = ['printers']): EmulatedModel {
  return {
    id,
    device: id,
    name: `Sample ${id}`,
    emulator: 'usb-printer',
    suites,
    origin: [{ what: 'made up', source: 'this test', licence: 'CC0-1.0' }],
    usb: {
      speed: 'high',
      vendorId: '0x1234',
      productId: '0x5678',
      usbVersion: '0x0200',
      deviceVersion: '0x0100',
      class: [0, 0, 0],
      maxPacketSize0: 64,
      strings: {},
      configuration: { attributes: 0xc0, maxPower: 2, interfaces: [] },
    },
    behaviour: {},
  };
}

export function sampleCell(number: number, model = `model-${number}`, suite = 'printers'): Cell {
  return {
    id: { id: cellName('image-a', 'vm-a', model, suite), image: 'image-a', machine: 'vm-a', model, device: model, suite, attachment: 'emulated' },
    number,
    model: sampleModel(model),
    modelSha256: '0'.repeat(64),
    suiteFiles: [],
    suiteRevision: '0'.repeat(16),
    requirements: { 'a.b': 'required' },
    blacklist: [],
    sabotage: [],
  };
}

export function sampleResult(cell: Cell, outcome: Result['outcome'], night = '20261122-000000-test', total = 1000): Result {
  return {
    schema: 'hwlab/result/1',
    id: `${night}-${String(cell.number).padStart(3, '0')}`,
    night,
    cell: cell.id,
    startedAt: '2026-11-22T00:00:00.000Z',
    finishedAt: '2026-11-22T00:00:01.000Z',
    outcome,
    ...(outcome === 'MISS' ? { reason: { code: 'shell-lost', blame: 'lab', message: 'the guest stopped answering' } } : {}),
    evidence: 'E2',
    environment: { imageSha256: '0'.repeat(64), modelSha256: cell.modelSha256, suiteRevision: cell.suiteRevision, harness: 'test', accelerator: 'tcg', plan: 'test' },
    tests: [],
    timings: { total },
    artefacts: [],
  };
}
