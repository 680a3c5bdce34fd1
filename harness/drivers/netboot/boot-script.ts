/** What a machine that asks is told to boot. Values go into a script, so all of them are checked. */
export interface BootOrder {
  readonly runId: string;
  /** Such as `http://10.77.0.1:8080/r/TOKEN`. */
  readonly base: string;
  /** Words of the kernel's command line. */
  readonly commandLine: readonly string[];
}

const word = /^[!-~]+$/;

/**
 * The first script, the same for every machine: it asks for the machine's own. A machine that is told nothing (404) leaves iPXE, and its firmware
 * goes on with the next boot device.
 */
export const firstScript = `#!ipxe
echo LAB-NETBOOT ipxe \${netX/mac} \${netX/ip}
chain machine.ipxe?mac=\${netX/mac:hexhyp}&uuid=\${uuid}&serial=\${serial:uristring}&vendor=\${manufacturer:uristring}&product=\${product:uristring} || goto none
:none
echo LAB-NETBOOT none
exit
`;

/** The script of one machine for one run. The markers say on the console how far it came; after a failure it stops, so that nothing else boots. */
export function machineScript(order: BootOrder): string {
  const own = ['initrd=hwlab.initrd', `hwlab.base=${order.base}`, 'hwlab.mac=${netX/mac}', 'hwlab.ip=${netX/ip}', 'hwlab.mask=${netX/netmask}', 'hwlab.gw=${netX/gateway}'];
  // A dollar sign would be expanded by iPXE.
  const words = order.commandLine.filter((one) => word.test(one) && !one.includes('$'));
  return `#!ipxe
echo LAB-NETBOOT start run=${order.runId}
kernel ${order.base}/kernel ${[...own, ...words].join(' ')} || goto failed
initrd --name hwlab.initrd ${order.base}/initrd || goto failed
echo LAB-NETBOOT boot
boot || goto failed
:failed
echo LAB-NETBOOT-FAIL \${errno}
:stop
sleep 3600
goto stop
`;
}
