import { expect, feature, suite, type LegoBrickControls } from '../../harness/index.ts';
import { asPupilAtTheMachine } from '../robotics/pupil-session.ts';
import { ev3, isEv3, nodeOf, t2n } from './brick-cell.ts';
import { ev3Program } from './ev3-program.ts';

const projects = '/home/root/lms2012/prjs';

/** Not a multiple of what one command carries, with every byte value. */
const program = Buffer.from(Array.from({ length: 4321 }, (_, index) => (index * 13 + (index >>> 8)) & 0xff));

suite('robotics-lego', () => {
  feature<LegoBrickControls>('brick.node', 'the brick has the node by which programs speak to it, and no driver of the kernel takes it away', async (cell) => {
    const node = await nodeOf(cell);
    const sysfs = await cell.unit.sysfs();
    const { stdout } = await cell.guest.run(`[ -c ${node} ] && echo there; basename "$(readlink ${sysfs}/*:1.0/driver)" 2>/dev/null; true`);
    expect(stdout.trim().split('\n')).to.deep.equal(isEv3(cell) ? ['there', 'usbhid'] : ['there']);
  });

  feature<LegoBrickControls>('brick.list', 'the files of the brick are listed', async (cell) => {
    if (isEv3(cell)) {
      const listed = await ev3(cell, `list ${projects}/DEMO/`);
      expect(listed).to.match(/^[0-9A-F]{32} 00000011 Main\.rbf$/m);
      expect(await ev3(cell, `list ${projects}/`)).to.include('DEMO/').and.to.include('BrkProg_SAVE/');
    } else {
      const listed = await t2n(cell, '-ls');
      expect(listed).to.include('Demo.rxe').and.to.include('! Good Job.rso');
    }
  });

  feature<LegoBrickControls>('brick.upload', 'a program that is copied to the brick is there byte for byte, and comes back the same', async (cell) => {
    await cell.guest.putFile('/tmp/Lesson.rxe', program);
    const path = isEv3(cell) ? `${projects}/LESSON/Lesson.rbf` : 'Lesson.rxe';
    if (isEv3(cell)) {
      await ev3(cell, `put /tmp/Lesson.rxe ${path}`);
      await ev3(cell, `get ${path} /tmp/Lesson.back`);
    } else {
      await t2n(cell, '-put Lesson.rxe');
    }
    const stored = cell.unit.controls.file(path);
    expect(stored && Buffer.from(stored).equals(program), `${path} on the brick (${stored?.length ?? 0} bytes of ${program.length}) is the file`).to.equal(true);
    if (isEv3(cell)) expect(Buffer.from(await cell.guest.getFile('/tmp/Lesson.back')).equals(program), 'what came back is the file').to.equal(true);
  });

  feature<LegoBrickControls>('brick.delete', 'a file is deleted from the brick, and deleting one that is not there is refused with a reason', async (cell) => {
    if (!isEv3(cell)) cell.skip('a brick whose tool in the image deletes files');
    await ev3(cell, `delete ${projects}/DEMO/Main.rbf`);
    expect(cell.unit.controls.fileNames()).not.to.include(`${projects}/DEMO/Main.rbf`);
    const { stdout } = await cell.guest.run(`timeout 30 python3 /dev/stdin ${await nodeOf(cell)} delete /nowhere 2>&1; true`, { input: ev3Program });
    expect(stdout).to.include('refuses command 9c with status 6');
  });

  feature<LegoBrickControls>('brick.replug', 'after the cable was pulled and plugged in again the brick is found and lists its files', async (cell) => {
    await nodeOf(cell);
    await cell.unit.unplug();
    await cell.unit.plug();
    const listed = isEv3(cell) ? await ev3(cell, `list ${projects}/DEMO/`) : await t2n(cell, '-ls');
    expect(listed).to.match(/Main\.rbf|Demo\.rxe/);
  });

  feature<LegoBrickControls>('brick.user-rights', 'a pupil at the machine may open the node of the brick', async (cell) => {
    const node = await nodeOf(cell);
    const { exitCode, said } = await asPupilAtTheMachine(cell.guest, `ls -l ${node}; exec 3<>${node}`);
    expect(exitCode, `the pupil opens ${node}: ${said}`).to.equal(0);
  });
});
