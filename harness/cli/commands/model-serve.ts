import type { Command } from 'commander';
import { once } from 'node:events';
import { parseDeviceWord } from '../../db/cell-device.ts';
import { createUnit } from '../../emulation/create-unit.ts';
import type { RedirEndpoint } from '../../emulation/redirected/redirected-device.ts';
import { serveUnit } from '../../emulation/serve-unit.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import { interruptSignal } from '../interrupt.ts';
import { redirEndpoint } from '../redir-endpoint.ts';

/** `hwlab model serve` */
export function registerModelServe(model: Command): void {
  model
    .command('serve')
    .description('serve an emulated device to a virtual machine of your own over usbredir, as usbredirect does with a real one')
    .argument('<model>', 'the model (./hwlab model list), with quirks as MODEL+PERSONALITY')
    .option('--as <host:port>', 'where to listen; port 0 takes a free one', redirEndpoint, { host: '127.0.0.1', port: 0 })
    .option('--json', 'print where it listens as JSON')
    .addHelpText(
      'after',
      `
In libvirt: <redirdev bus='usb' type='tcp'><source mode='connect' host='127.0.0.1' service='PORT'/></redirdev>
In QEMU: -device qemu-xhci -chardev socket,id=c,host=127.0.0.1,port=PORT -device usb-redir,chardev=c

Examples:
  ./hwlab model serve arduino-uno-r3 --as 127.0.0.1:42100
  ./hwlab run --device arduino-uno-r3 --from 127.0.0.1:42100 --suite robotics --record

It serves one client after the other, until it is interrupted. Who can reach the port has the device: listen on a loopback address.
Exit codes: 0 interrupted, 2 no such model, or the port is taken.`,
    )
    .action(async (word: string, options: { as: RedirEndpoint; json?: boolean }) => {
      const stop = interruptSignal();
      const device = parseDeviceWord(word);
      const { model: found } = (await loadCatalogue([])).device(device);
      const served = await serveUnit(await createUnit(found), options.as, (line) => void process.stderr.write(`${line}\n`));
      process.stdout.write(options.json ? `${JSON.stringify({ model: found.id, host: options.as.host, port: served.port })}\n` : `${found.name} is served at ${options.as.host}:${served.port}\n`);
      if (!stop.aborted) await once(stop, 'abort');
      await served.close();
    });
}
