import type { BoardCell } from './board-cell.ts';

/** The braille service runs again, where the image starts it by itself; other tests have set it aside. */
export async function startBraille(cell: BoardCell): Promise<void> {
  await cell.guest.run('if systemctl is-enabled --quiet brltty.service 2>/dev/null; then systemctl start brltty.service; fi');
}

/** Whether a service of the system runs. */
export async function isActive(cell: Pick<BoardCell, 'guest'>, service: string): Promise<boolean> {
  const { stdout } = await cell.guest.run(`systemctl is-active ${service}; true`);
  return stdout.trim() === 'active';
}
