import { json, notFound, type Answer } from '../answers/answers';
import { listPage } from '../answers/lists';
import { analysisCodes, findAnalysis, type AnalysisCode } from '../catalog/analyses';
import { coreTypes } from '../catalog/core-types';
import type { ApiRequest, Route } from './request';

/** What jobs can be made of, and what it costs (docs/platform.md, "Catalog"). */
export const catalogRoutes: Route[] = [
  { path: /^coretypes\/$/, methods: { GET: listCoreTypes } },
  {
    path: /^analyses\/$/,
    methods: { GET: (request) => json(listPage(request, analysisCodes, analysisRow)) },
  },
  { path: /^analyses\/([^/]+)\/$/, methods: { GET: readAnalysis } },
  { path: /^billing\/computeprices\/$/, methods: { GET: listPrices } },
];

/** The price of the economy kind, as a part of the usual one. */
const LOW_PRIORITY = 0.4;

function listCoreTypes(request: ApiRequest): Answer {
  const active = request.query.get('isActive');
  const rows = coreTypes
    .map(({ code, name, cores, memory, price, processorInfo, ...rest }, displayOrder) => ({
      code,
      name,
      cores,
      memory,
      price,
      // A text, unlike the other price.
      lowPriorityPrice: (price * LOW_PRIORITY).toFixed(4),
      walltimeRequired: rest.walltimeRequired ?? false,
      isDeprecated: rest.isDeprecated ?? false,
      isActive: rest.isActive ?? true,
      displayOrder,
      processorInfo,
      categoryCodes: ['general'],
      hasSsd: true,
      storage: 100 + displayOrder * 50,
    }))
    .filter(({ isActive }) => active === null || String(isActive) === active.toLowerCase());
  return json(listPage(request, rows, (row) => row));
}

function analysisRow({ code, name, vendorName, versions }: AnalysisCode) {
  return {
    code,
    name,
    description: `<p>${name} by ${vendorName}.</p>`,
    vendorName,
    versions: versions.map((each) => ({
      id: `${code}_${each.versionCode}`,
      ...each,
      stdCommand: './run.sh',
      mpiCommand: null,
      smpCommand: null,
      licenseSettings: [],
    })),
  };
}

function readAnalysis({ parts }: ApiRequest): Answer {
  const found = findAnalysis(parts[0]!);
  if (!found) throw notFound();
  return json(analysisRow(found));
}

/** A bare list. */
function listPrices(): Answer {
  const plans: [planType: string, part: number][] = [
    ['on-demand', 1],
    ['low-priority', LOW_PRIORITY],
  ];
  return json(
    coreTypes.flatMap(({ code, price, isActive }) =>
      plans.map(([planType, part]) => ({
        coreType: code,
        value: { amount: Number((price * part).toFixed(4)), currency: 'USD' },
        planType,
        os: 'linux',
        isActive: isActive ?? true,
      })),
    ),
  );
}
