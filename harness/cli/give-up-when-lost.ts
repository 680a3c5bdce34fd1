import { messageOf } from '../base/hwlab-error.ts';

/**
 * Disposes what a lease gave when the lease is lost, so that whoever has it now finds it free; what is still being done with it fails as it would if
 * somebody had pulled it out. Nothing happens when the signal aborts for another reason: then its user ends in order. Dispose it to stop watching.
 */
export function giveUpWhenLost(signal: AbortSignal, given: AsyncDisposable, what: string, say: (line: string) => void): Disposable {
  const onAbort = (): void => {
    if ((signal.reason as { readonly code?: unknown }).code !== 'lease-lost') return;
    say(`${what} is given up: ${messageOf(signal.reason)}`);
    void Promise.resolve(given[Symbol.asyncDispose]()).catch((error: unknown) => say(`${what} could not be given up: ${messageOf(error)}`));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort) };
}
