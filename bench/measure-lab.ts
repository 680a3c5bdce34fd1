import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../harness/base/deadline.ts';
import { HwlabError } from '../harness/base/hwlab-error.ts';
import { projectRoot } from '../harness/base/places.ts';
import { runCommand } from '../harness/base/run-command.ts';
import { SimulatedSwitch } from '../harness/capabilities/testing/simulated-switch.ts';
import { controlSocket } from '../harness/drivers/testing/control-socket.ts';
import { IpmiSimulator } from '../harness/drivers/testing/ipmi-simulator.ts';
import { takeLease } from '../harness/lab/leases/held-lease.ts';
import { LeaseBook } from '../harness/lab/leases/lease-book.ts';
import { leaseFile } from '../harness/lab/leases/lease-store.ts';
import type { BootEvidence, BootPatience } from '../harness/machines/metal/boot-evidence.ts';
import { classifyBoot } from '../harness/machines/metal/classify-boot.ts';
import { median } from './median.ts';
import type { Figure } from './print-figures.ts';

const machines = 20;
const rounds = 3;
const password = 'bench-only';

/** What issue 5 gives limits for and needs no guest: the state of a whole bench, the verdict on a failed start, the lease of a killed holder. */
export async function measureLab(say: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-lab-'));
  try {
    say(`measuring: lab status of ${machines} machines`);
    return [...(await measureStatus(folder)), await measureVerdicts(), await measureKilledHolder(join(folder, 'leases'))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `hwlab lab status`, started as a person starts it, once with controllers that all answer by real RMCP+, once with one that answers and others that are silent. */
async function measureStatus(folder: string): Promise<Figure[]> {
  await using controllers = new AsyncDisposableStack();
  const ports: number[] = [];
  // An address each: the lab file wants one controller a machine.
  for (let index = 0; index < machines; index += 1) {
    const own = await mkdtemp(join(folder, 'bmc-'));
    controllers.use(await controlSocket(join(own, 'control'), new SimulatedSwitch()));
    ports.push(controllers.use(await IpmiSimulator.start({ folder: own, control: join(own, 'control'), user: 'admin', password, address: addressOf(index) })).port);
  }
  // A port that takes everything and says nothing: one that is closed would be refused at once.
  const silent = createSocket('udp4');
  controllers.defer(() => void silent.close());
  await new Promise<void>((resolve, reject) => silent.once('error', reject).bind(0, resolve));
  const answering = await statusSeconds(folder, ports, machines);
  const mostlySilent = await statusSeconds(folder, ports.map((port, index) => (index === 0 ? port : silent.address().port)), 1);
  const against = 'the limit';
  return [
    { what: `lab status, ${machines} controllers that answer`, ours: answering, theirs: 5, unit: 's', against, goal: { atMost: 1 } },
    { what: `lab status, 1 that answers and ${machines - 1} that are silent`, ours: mostlySilent, theirs: 5, unit: 's', against, goal: { atMost: 1 } },
  ];
}

const addressOf = (index: number): string => `127.0.1.${index + 1}`;

async function statusSeconds(folder: string, ports: readonly number[], known: number): Promise<number> {
  const file = join(folder, 'lab.json');
  const secret = join(folder, 'password');
  await writeFile(secret, password, { mode: 0o600 });
  const lab = {
    ...{ schema: 'hwlab/lab/1', name: 'bench', stations: [{ id: 'here', host: 'here' }] },
    machines: ports.map((port, index) => ({
      ...{ id: `m-${index + 1}`, name: `Machine ${index + 1}`, kind: 'server', station: 'here', firmware: 'bios', simulator: true },
      network: [{ mac: `52:54:00:77:02:${String(index).padStart(2, '0')}` }],
      power: { type: 'ipmi', host: addressOf(index), port, user: 'admin', password: { file: secret } },
    })),
  };
  await writeFile(file, JSON.stringify(lab));
  const seconds: number[] = [];
  // The first one reads programs from the disk.
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now();
    const { stdout } = await runCommand(join(projectRoot, 'hwlab'), ['lab', 'status', '--lab', file, '--json'], { deadline: Deadline.after(60_000), env: { HWLAB_STATE: join(folder, 'state') } });
    if (round > 0) seconds.push((performance.now() - started) / 1000);
    const seen = (JSON.parse(stdout) as { readonly subjects: readonly { readonly power?: string }[] }).subjects.filter(({ power }) => power === 'off').length;
    if (round > 0 && seen !== known) throw new HwlabError({ code: 'bench-not-measured', blame: 'lab', message: `lab status read ${seen} machines instead of ${known}; this host is too busy to measure it`, facts: { stdout: stdout.slice(0, 2000) } });
  }
  return median(seconds);
}

interface Recording {
  readonly fault: string;
  readonly code: string;
  readonly patience: BootPatience;
  readonly evidence: BootEvidence;
}

/** The recorded failures of tests/integration/metal/drills.ts, judged anew: how long after its evidence the slowest verdict came. */
async function measureVerdicts(): Promise<Figure> {
  const folder = join(projectRoot, 'fixtures/boots');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const late = await Promise.all(
    names.map(async (name) => {
      const { fault, code, evidence, patience } = JSON.parse(await readFile(join(folder, name), 'utf8')) as Recording;
      const verdict = classifyBoot(evidence, patience);
      if (verdict?.code !== code) throw new Error(`${fault} is called ${verdict?.code ?? 'nothing'} and not ${code}`);
      return (evidence.now - verdict.at) / 1000;
    }),
  );
  return { what: `verdict on a failed start after its evidence, slowest of ${names.length} recorded`, ours: Math.max(...late), theirs: 30, unit: 's', against: 'the limit', goal: { atMost: 1 } };
}

/** From SIGKILL of who has a machine to the lease of the next, who stood in line. */
async function measureKilledHolder(folder: string): Promise<Figure> {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'hold-lease.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(holder, 'exit');
  try {
    await once(holder.stdout, 'data');
    using book = new LeaseBook(leaseFile(folder));
    const next = takeLease(book, { resources: ['machine/a'], class: 'night', holder: 'next', purpose: 'measures', for: 60_000 }, { deadline: Deadline.after(90_000), cleanse: async () => Promise.resolve() });
    next.catch(() => undefined);
    const killed = performance.now();
    holder.kill('SIGKILL');
    await using held = await next;
    const seconds = (performance.now() - killed) / 1000;
    held.release([]);
    return { what: 'the lease of a holder that was killed', ours: seconds, theirs: 60, unit: 's', against: 'the limit', goal: { atMost: 1 } };
  } finally {
    holder.kill('SIGKILL');
    await ended;
  }
}
