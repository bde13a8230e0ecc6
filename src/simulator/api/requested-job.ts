import { notFound } from '../answers/answers';
import type { Job } from '../model/job';
import type { ApiRequest } from './request';

/** The job that the path names; 404 when there is none. */
export function requestedJob({ platform, parts }: ApiRequest, part = 0): Job {
  const job = platform.find(parts[part]!);
  if (!job) throw notFound();
  return job;
}
