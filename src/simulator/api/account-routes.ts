import * as v from 'valibot';
import { json, notFound, HttpError, type Answer } from '../answers/answers';
import { listPage } from '../answers/lists';
import { account, company, findProject, projects } from '../catalog/account';
import { requestedJob } from './requested-job';
import type { ApiRequest, Route } from './request';

const ORGANIZATION = 'organizations\\/([^/]+)\\/';

/** Whose key it is, and what an organization does with jobs (docs/platform.md, "Around a job"). */
export const accountRoutes: Route[] = [
  { path: /^users\/me\/$/, methods: { GET: () => json({ ...account, company, isActive: true }) } },
  {
    path: /^users\/me\/projects\/$/,
    methods: { GET: (request) => json(listPage(request, projects, (project) => project)) },
  },
  {
    path: new RegExp(`^${ORGANIZATION}jobs\\/([^/]+)\\/project-assignment\\/$`),
    methods: { POST: assignProject },
  },
  { path: new RegExp(`^${ORGANIZATION}job-prioritization\\/$`), methods: { POST: prioritize } },
];

function requireOwnCompany({ parts }: ApiRequest): void {
  if (parts[0] !== company.code) throw notFound();
}

const assignmentSchema = v.object({ projectId: v.string() });

function assignProject(request: ApiRequest): Answer {
  requireOwnCompany(request);
  const job = requestedJob(request, 1);
  const parsed = v.safeParse(assignmentSchema, request.body);
  if (!parsed.success) throw new HttpError(400, '', {}, { projectId: ['This field is required.'] });
  const { projectId } = parsed.output;
  if (!findProject(projectId)) {
    throw new HttpError(400, '', {}, { projectId: [`Invalid pk "${projectId}" - object does not exist.`] });
  }
  job.definition = { ...job.definition, projectId };
  return json({ projectId });
}

const prioritizationSchema = v.object({ job: v.string(), priority: v.unknown() });

function prioritize(request: ApiRequest): Answer {
  requireOwnCompany(request);
  const parsed = v.safeParse(prioritizationSchema, request.body);
  if (!parsed.success) throw new HttpError(400, '', {}, { job: ['This field is required.'] });
  const job = request.platform.find(parsed.output.job);
  if (!job) throw notFound();
  job.priority = parsed.output.priority;
  return json({ priority: job.priority });
}
