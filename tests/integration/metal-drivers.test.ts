import { amtContract } from './metal-drivers/amt.ts';
import { commandContract } from './metal-drivers/command.ts';
import { ipmiContract } from './metal-drivers/ipmi.ts';
import { pdudaemonContract } from './metal-drivers/pdudaemon.ts';
import { redfishContract } from './metal-drivers/redfish.ts';
import { serialContracts } from './metal-drivers/serial.ts';
import { wakeOnLanContract } from './metal-drivers/wake-on-lan.ts';

ipmiContract();
redfishContract();
amtContract();
serialContracts();
commandContract();
pdudaemonContract();
wakeOnLanContract();
