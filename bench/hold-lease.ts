/** Takes a lease on machine/a in the state folder that is its argument, says so, and keeps it until it is killed; for measure-lab.ts. */
import { Deadline } from '../harness/base/deadline.ts';
import { takeLease } from '../harness/lab/leases/held-lease.ts';
import { LeaseBook } from '../harness/lab/leases/lease-book.ts';
import { leaseFile } from '../harness/lab/leases/lease-store.ts';

const book = new LeaseBook(leaseFile(process.argv[2]));
await takeLease(book, { resources: ['machine/a'], class: 'night', holder: 'first', purpose: 'is killed', for: 600_000 }, { deadline: Deadline.after(10_000), cleanse: async () => Promise.resolve() });
process.stdout.write('held\n');
