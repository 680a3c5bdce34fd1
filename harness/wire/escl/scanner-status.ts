import type { AdfState, JobState, ScannerState } from './escl-vocabulary.ts';
import { render } from './scanner-capabilities.ts';

/** What a scanner is doing, /eSCL/ScannerStatus. */
export interface ScannerStatus {
  readonly version: string;
  readonly state: ScannerState;
  /** Absent where there is no feeder. */
  readonly adfState?: AdfState;
  /** Newest first. */
  readonly jobs: readonly ScanJobInfo[];
}

export interface ScanJobInfo {
  /** Path of the job, `/eSCL/ScanJobs/...` */
  readonly uri: string;
  readonly uuid: string;
  /** Seconds since the job last changed. */
  readonly age: number;
  readonly imagesCompleted: number;
  readonly imagesToTransfer: number;
  readonly state: JobState;
  /** `JobScanning`, `JobCompletedSuccessfully`, ... */
  readonly reason: string;
}

export function buildScannerStatus(status: ScannerStatus): string {
  return render('scan:ScannerStatus', {
    'pwg:Version': status.version,
    'pwg:State': status.state,
    'scan:AdfState': status.adfState,
    'scan:Jobs':
      status.jobs.length === 0
        ? undefined
        : {
            'scan:JobInfo': status.jobs.map((job) => ({
              'pwg:JobUri': job.uri,
              'pwg:JobUuid': job.uuid,
              'scan:Age': job.age,
              'pwg:ImagesCompleted': job.imagesCompleted,
              'pwg:ImagesToTransfer': job.imagesToTransfer,
              'pwg:JobState': job.state,
              'pwg:JobStateReasons': { 'pwg:JobStateReason': job.reason },
            })),
          },
  });
}
