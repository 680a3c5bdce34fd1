/** A virtual machine and a machine of the bench in one night: an emulated device at both, and the computer of the bench itself. */
export const mixedPlan = {
  name: 'mixed',
  description: 'a virtual machine and a machine of the bench',
  images: ['debian-12'],
  machines: ['vm-basic', 'sim-1'],
  models: ['kingston-datatraveler', 'qemu-q35'],
  suites: ['storage', 'machine'],
  exclude: [{ machine: 'vm-basic', model: 'qemu-q35' }],
  deadlineMinutes: 6,
};
