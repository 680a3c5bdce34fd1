import type { HubPortFacts } from '../../capabilities/hub-power.ts';

/**
 * Reads what uhubctl 2.5 prints without an action: a line for each hub and one for each of its ports.
 *
 *     Current status for hub 1-1.4 [0bda:5411 Generic 4-Port USB 2.0 Hub, USB 2.10, 4 ports, ppps]
 *       Port 2: 0103 power enable connect [1a86:7523 USB2.0-Serial]
 *       Port 3: 0000 off
 *
 * A port whose words say neither, or both, is unknown.
 */
export function portsOf(output: string): HubPortFacts[] {
  const ports: HubPortFacts[] = [];
  let hub: string | undefined;
  for (const line of output.split('\n').slice(0, 5000)) {
    const head = /^(Current|New) status for hub (\d+(?:-\d+(?:\.\d+)*)?) \[/.exec(line);
    if (head) hub = head[2];
    else if (!/^\s/.test(line)) hub = undefined;
    const port = hub === undefined ? null : /^\s+Port (\d{1,3}): [0-9a-f]{4}((?: [\w.]+)*)(?: \[(.{0,300})\])?\s*$/.exec(line);
    if (hub === undefined || port === null) continue;
    const words = (port[2] ?? '').trim().split(' ');
    const on = words.includes('power');
    const device = /^([0-9a-f]{4}:[0-9a-f]{4})\s*(.*)$/.exec(port[3] ?? '');
    ports.push({
      hub,
      port: Number(port[1]),
      power: on === words.includes('off') ? 'unknown' : on ? 'on' : 'off',
      connected: words.includes('connect'),
      ...(device === null ? {} : { device: { id: device[1] ?? '', text: device[2] ?? '' } }),
    });
  }
  return ports;
}
