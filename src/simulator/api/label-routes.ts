import { json, notFound, HttpError, type Answer } from '../answers/answers';
import { listPage } from '../answers/lists';
import { hash } from '../content/random';
import { clusterStatus } from '../model/timeline';
import { requestedJob } from './requested-job';
import type { ApiRequest, Route } from './request';

/** What can be put on a job beside its definition, and its cluster (docs/platform.md, "Around a job"). */
export const labelRoutes: Route[] = [
  { path: /^jobs\/([^/]+)\/tags\/$/, methods: { GET: tags, POST: addTag, DELETE: removeTag }, onlyV3: true },
  { path: /^jobs\/([^/]+)\/custom-fields\/$/, methods: { GET: customFields, POST: setCustomFields } },
  { path: /^jobs\/([^/]+)\/storage-devices\/$/, methods: { POST: attachStorage } },
  { path: /^jobs\/([^/]+)\/share\/$/, methods: { POST: share } },
  { path: /^jobs\/([^/]+)\/instances\/$/, methods: { GET: instances } },
  { path: /^clusters\/([^/]+)\/remote_viz_hardware_settings\/password\/$/, methods: { POST: password } },
];

const bodyField = ({ body }: ApiRequest, key: string): unknown =>
  (Object(body) as Record<string, unknown>)[key];

function requiredText(request: ApiRequest, key: string): string {
  const value = bodyField(request, key);
  if (typeof value !== 'string' || value.trim() === '') {
    throw new HttpError(400, '', {}, { [key]: ['This field is required.'] });
  }
  return value;
}

const tagRow = (name: string) => ({ name, normalizedName: name.toLowerCase() });

function tags(request: ApiRequest): Answer {
  return json(requestedJob(request).tags.map(tagRow));
}

function addTag(request: ApiRequest): Answer {
  const job = requestedJob(request);
  const name = requiredText(request, 'name');
  if (!job.tags.includes(name)) job.tags.push(name);
  return tags(request);
}

function removeTag(request: ApiRequest): Answer {
  const job = requestedJob(request);
  const name = requiredText(request, 'name');
  job.tags = job.tags.filter((each) => each !== name);
  return tags(request);
}

function customFields(request: ApiRequest): Answer {
  const { customFields: fields } = requestedJob(request);
  return json(
    Object.fromEntries([...fields].map(([name, value]) => [name, { meta: { name, type: 'text' }, value }])),
  );
}

function setCustomFields(request: ApiRequest): Answer {
  const job = requestedJob(request);
  const { body } = request;
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new HttpError(400, 'Invalid data. Expected a dictionary.');
  }
  for (const [name, value] of Object.entries(body)) job.customFields.set(name, value);
  return json(Object.fromEntries(job.customFields));
}

function attachStorage(request: ApiRequest): Answer {
  const job = requestedJob(request);
  const { id } = Object(bodyField(request, 'storageDevice')) as { id?: unknown };
  if (typeof id !== 'string' || id === '') {
    throw new HttpError(400, '', {}, { storageDevice: { id: ['This field is required.'] } });
  }
  job.storageDevices.push(id);
  return json({ storageDevice: { id } }, 201);
}

function share(request: ApiRequest): Answer {
  requestedJob(request);
  const recipient =
    bodyField(request, 'email') === undefined
      ? requiredText(request, 'account')
      : requiredText(request, 'email');
  return json({ recipient, supportDesk: null });
}

/** The nodes of a cluster that is there; none before and after. */
function instances(request: ApiRequest): Answer {
  const job = requestedJob(request);
  const number = hash(request.platform.seed, 'cluster', job.id) % 200;
  const rows =
    clusterStatus(job, request.now) === 'Started'
      ? [
          {
            clusterId: clusterIdOf(job.id),
            publicHostname: `node-${number}.cluster.example.com`,
            publicIp: `198.51.100.${number + 1}`,
            username: 'uprod',
          },
        ]
      : [];
  return json(listPage(request, rows, (row) => row));
}

const clusterIdOf = (jobId: string) => `c${jobId}`;

/** For remote desktops, which runs never need. */
function password({ platform, parts }: ApiRequest): Answer {
  const job = platform.jobs().find(({ id }) => clusterIdOf(id) === parts[0]);
  if (!job) throw notFound();
  return json({ data: hash(platform.seed, 'password', job.id).toString(36) });
}
