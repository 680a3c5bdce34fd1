/** True in `./hwlab test --long`. What belongs to the long run only is not declared in the short one, so that a skip always means that something was missing. */
export const longRun = process.env['HWLAB_LONG'] === '1';

const nothing = (): undefined => undefined;
export const describeInLongRun: (title: string, body: (this: Mocha.Suite) => void) => unknown = longRun ? describe : nothing;
