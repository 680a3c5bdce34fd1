/**
 * A process that takes and gives back leases until it is killed; started by lease-kill.test.ts with the folder and its resources. What it sees it leaves in files:
 * `NAME.holder` exists while somebody holds NAME, `NAME.log` has one line a holder, and `violations` what must never be.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Deadline } from '../../base/deadline.ts';
import { processState, thisProcess, type ProcessIdentity } from '../../base/process-identity.ts';
import { takeLease } from '../leases/held-lease.ts';
import { LeaseBook } from '../leases/lease-book.ts';
import { leaseFile } from '../leases/lease-store.ts';

const [folder = '', ...names] = process.argv.slice(2);
const book = new LeaseBook(leaseFile(folder));
const fileOf = (name: string, ending: string): string => join(folder, `${name.replace('/', '-')}.${ending}`);
const violation = (text: string): void => appendFileSync(join(folder, 'violations'), `${process.pid}: ${text}\n`);

for (;;) {
  const wanted = names.filter(() => Math.random() < 0.6);
  if (wanted.length === 0) continue;
  const held = await takeLease(
    book,
    { resources: wanted, class: (['person', 'developer', 'night'] as const)[Math.floor(Math.random() * 3)] ?? 'night', holder: String(process.pid), purpose: 'contends', for: 60_000 },
    { deadline: Deadline.after(60_000), lookEvery: 3, cleanse: async (resource, fence) => {
      await fence.check();
      appendFileSync(fileOf(resource.name, 'log'), '');
    } },
  );
  for (const { name, token, dirty } of held.lease.resources) {
    const witness = fileOf(name, 'holder');
    if (existsSync(witness)) {
      const text = readFileSync(witness, 'utf8');
      // A holder that was killed while it wrote its name left an empty file.
      if (text !== '' && processState(JSON.parse(text) as ProcessIdentity) === 'running') violation(`${name}: two holders`);
      if (!dirty) violation(`${name}: its last holder was killed and it counts as clean`);
    }
    writeFileSync(witness, JSON.stringify(thisProcess()));
    appendFileSync(fileOf(name, 'log'), `${token}\n`);
  }
  for (let step = 0; step < 5; step += 1) {
    for (const { name } of held.lease.resources) {
      await held.fence(name).check();
      if (readFileSync(fileOf(name, 'holder'), 'utf8') !== JSON.stringify(thisProcess())) violation(`${name}: somebody else holds it, and our token is valid`);
    }
    await turn();
  }
  for (const { name } of held.lease.resources) rmSync(fileOf(name, 'holder'));
  held.release(held.lease.resources.map(({ name }) => name));
}
