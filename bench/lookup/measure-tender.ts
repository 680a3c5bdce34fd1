import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { median } from '../median.ts';
import { generatedDevice } from './generate-database.ts';

const lines = 1000;

/**
 * A list of 1,000 lines in as CSV and out as XLSX by a cold command, messy in five ways. @returns milliseconds, median of 3
 * @param folder of a generated database whose index stands
 */
export function measureTender(folder: string, models: number): number {
  const draft = mkdtempSync(join(tmpdir(), 'hwlab-bench-tender-'));
  try {
    const list = join(draft, 'list.csv');
    writeFileSync(list, `№;Наименование;Кол-во\n${Array.from({ length: lines }, (_unused, number) => `${number + 1};"${messyName((number * 7919) % models, number)}";${(number % 40) + 1} шт.`).join('\n')}\n`);
    const times = Array.from({ length: 3 }, (_unused, run) => {
      const startedAt = performance.now();
      const { status, stderr } = spawnSync(join(projectRoot, 'hwlab'), ['check', '--list', list, '--image', 'school-14', '--db', folder, '--out', join(draft, `${run}.xlsx`)], { encoding: 'utf8' });
      if (status !== 0 && status !== 1) throw new Error(`hwlab check --list ended with ${String(status)}: ${stderr}`);
      return performance.now() - startedAt;
    });
    return median(times);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function messyName(device: number, number: number): string {
  const { vendor, name } = generatedDevice(device);
  switch (number % 5) {
    case 0:
      return `${vendor} ${name}`;
    case 1:
      return `МФУ лазерное ${vendor} ${name} или аналог`;
    case 2:
      return `${vendor.toUpperCase()}  ${name.toLowerCase()}`;
    case 3:
      return `${vendor} ${name}`.replaceAll('o', 'о').replaceAll('a', 'а').replaceAll('K', 'К');
    default:
      return `Стол ученический ${number}`;
  }
}
