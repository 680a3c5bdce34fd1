import { Worker } from 'node:worker_threads';
import { RequestError } from './reply.ts';
import type { TenderAnswer, TenderTask, TenderWorkerAnswer } from './tender-worker.ts';

/** Largest list that is taken, in bytes. */
export const largestUpload = 5 * 1024 * 1024;
const longestCheck = 30_000;
const mostAtOnce = 2;

let running = 0;

/**
 * Checks an uploaded list apart, with bounded memory and time, at most two at once.
 * @throws RequestError 503 `busy`, 422 with the code of why it was refused, 422 `list-too-slow`
 */
export async function checkTender(task: TenderTask): Promise<TenderAnswer> {
  if (running >= mostAtOnce) throw new RequestError(503, 'busy', 'Other lists are being checked; try again in a moment.');
  running += 1;
  try {
    const answer = await inWorker(task);
    if ('refused' in answer) throw new RequestError(422, answer.refused.code, answer.refused.message);
    return answer;
  } finally {
    running -= 1;
  }
}

async function inWorker(task: TenderTask): Promise<TenderWorkerAnswer> {
  const worker = new Worker(new URL('./tender-worker.ts', import.meta.url), { workerData: task, resourceLimits: { maxOldGenerationSizeMb: 512 } });
  const tooSlow = new RequestError(422, 'list-too-slow', `The list could not be checked within ${longestCheck / 1000} seconds; send a smaller one.`);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<TenderWorkerAnswer>((done, failed) => {
      timer = setTimeout(() => failed(tooSlow), longestCheck);
      worker.once('message', done);
      worker.once('error', (error: NodeJS.ErrnoException) => failed(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new RequestError(422, 'list-too-large', 'The list needs more memory than it is given; send a smaller one.') : error));
      worker.once('exit', () => failed(new Error('the thread that checks lists ended without an answer')));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
