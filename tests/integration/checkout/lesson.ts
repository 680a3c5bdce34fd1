import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyCheckout } from './own-checkout.ts';

/** Which one test a night of the school runs: its plan names a level, and each level has one test. */
export const lessons = { signature: 'required', timetable: 'recommended', port: 'optional' } as const;
export type Lesson = keyof typeof lessons;

/** A model of the checkout: an Uno with an ATmega328, which is not what avrdude is told of it. */
export const clone = 'arduino-uno-clone';

/**
 * A school's checkout, not committed yet: of the suite for boards only the test that avrdude reads the chip counts, and there are two tests of its own. One asks
 * the school's server for the timetable, the other wants the board on a fast port.
 * @param server `http://127.0.0.1:PORT`
 */
export async function makeSchoolCheckout(folder: string, server: string): Promise<string> {
  await copyCheckout(folder);
  const put = async (path: string, content: string): Promise<void> => writeFile(join(folder, path), content);
  await put('suites/profiles/robotics.json', JSON.stringify({ suite: 'robotics', features: { 'programming.signature': lessons.signature, 'lesson.timetable': lessons.timetable, 'lesson.fast-port': lessons.port } }));
  await put('suites/robotics/lesson.suite.ts', lessonSuite(server));
  const uno = JSON.parse(await readFile(join(folder, 'fixtures/devices/robotics/arduino-uno-r3.json'), 'utf8')) as { readonly behaviour: { readonly bootloader: object } };
  const other = { ...uno, id: clone, name: 'Clone of an Uno with an ATmega328', behaviour: { ...uno.behaviour, bootloader: { ...uno.behaviour.bootloader, signature: '1e9514' } } };
  await put(`fixtures/devices/robotics/${clone}.json`, JSON.stringify(other, null, 2));
  return folder;
}

const lessonSuite = (server: string): string => `import { expect, feature, suite, type ArduinoUnoControls } from '../../harness/index.ts';
import { conversation, portOf } from './board-cell.ts';

suite('robotics', () => {
  feature<ArduinoUnoControls>('lesson.timetable', "the board says the hour's lesson, which the school's server knows", async (cell) => {
    const answer = await fetch('${server}/lesson');
    expect(answer.status, "what the school's server answers").to.equal(200);
    const lesson = await answer.text();
    const { stdout } = await cell.guest.run(conversation(cell.unit, await portOf(cell), \`printf '\${lesson}' >&3; timeout 10 head -c \${lesson.length} <&3\`));
    expect(stdout).to.equal(lesson);
  });

  feature<ArduinoUnoControls>('lesson.fast-port', 'the board is on a port that is fast enough for a stick in its place', async (cell) => {
    const { stdout } = await cell.guest.run(\`cat "$(dirname "$(readlink -f \${await cell.unit.sysfs()})")/speed"\`);
    expect(Number(stdout), 'megabits a second of the bus').to.be.at.least(480);
  });
});
`;

/** A plan of one test on debian-12. */
export function lessonPlan(lesson: Lesson, where: { readonly machine?: string; readonly models?: readonly string[] } = {}): string {
  return `name: lesson-${lesson}
images: [debian-12]
machines: [${where.machine ?? 'vm-basic'}]
models: [${(where.models ?? ['arduino-uno-r3']).join(', ')}]
suites: [robotics]
requirements: [${lessons[lesson]}]
slots: 1
deadlineMinutes: 2
`;
}
