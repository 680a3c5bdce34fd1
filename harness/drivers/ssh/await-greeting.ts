import { connect, type Socket } from 'node:net';

/**
 * Connects and waits for the first bytes of the other side (RFC 4253, 4.2); they are put back, so the socket is as new.
 * QEMU's user network takes a connection long before the guest does, and repeats it towards the guest ever more rarely: one that was made too
 * early answers ten seconds late. So it is given up after `patience` milliseconds and the caller connects anew.
 * @throws Error of the socket, or one that says that no greeting came
 */
export async function awaitGreeting(host: string, port: number, patience: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port });
  const outcome = Promise.withResolvers<Socket>();
  const timer = setTimeout(() => outcome.reject(new Error(`connected, but no SSH greeting within ${patience} ms`)), patience);
  const onAbort = (): void => outcome.reject(new Error('the time was up before an SSH greeting came'));
  const onClose = (): void => outcome.reject(new Error('the connection was closed before an SSH greeting came'));
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('error', outcome.reject);
  socket.once('close', onClose);
  socket.once('data', (first: Buffer) => {
    socket.pause();
    socket.unshift(first);
    outcome.resolve(socket);
  });
  try {
    return await outcome.promise;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.off('error', outcome.reject);
    socket.off('close', onClose);
  }
}
