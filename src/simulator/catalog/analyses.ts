import { coreTypes } from './core-types';

/** A solver that jobs can be made with (docs/platform.md, "Catalog"). */
export interface AnalysisCode {
  code: string;
  name: string;
  vendorName: string;
  /** The style of a job's log; by default a line a minute. */
  log?: LogKind;
  versions: AnalysisVersion[];
}

interface AnalysisVersion {
  /** As people read it. */
  version: string;
  /** As jobs name it. */
  versionCode: string;
  allowedCoreTypes: string[];
}

export type LogKind = 'openfoam' | 'fluent' | 'starccm' | 'su2' | 'abaqus';

const ALL_TYPES = coreTypes.map(({ code }) => code);
const PROCESSORS = ALL_TYPES.filter((code) => code !== 'obsidian');

const versions = (allowed: string[], ...pairs: [version: string, versionCode: string][]): AnalysisVersion[] =>
  pairs.map(([version, versionCode]) => ({ version, versionCode, allowedCoreTypes: allowed }));

const known: AnalysisCode[] = [
  {
    code: 'openfoam_plus',
    name: 'OpenFOAM+',
    vendorName: 'OpenCFD',
    log: 'openfoam',
    versions: versions(
      PROCESSORS,
      ['v2012+ (Intel MPI)', 'v2012+-intelmpi'],
      ['v1706+ (Intel MPI)', 'v1706+-intelmpi'],
    ),
  },
  {
    code: 'openfoam',
    name: 'OpenFOAM',
    vendorName: 'The OpenFOAM Foundation',
    log: 'openfoam',
    versions: versions(PROCESSORS, ['10', '10-openmpi'], ['2.3.1 (OpenMPI)', '2.3.1-openmpi']),
  },
  {
    code: 'ansys_fluent',
    name: 'Ansys Fluent',
    vendorName: 'Ansys',
    log: 'fluent',
    versions: versions(ALL_TYPES, ['2023 R1', '2023r1'], ['2021 R1', '2021r1'], ['19.2', '19.2']),
  },
  {
    code: 'star_ccm',
    name: 'Simcenter STAR-CCM+',
    vendorName: 'Siemens',
    log: 'starccm',
    versions: versions(PROCESSORS, ['17.06.007', '17.06.007'], ['16.02.008-R8', '16.02.008-r8']),
  },
  {
    code: 'su2',
    name: 'SU2',
    vendorName: 'SU2 Foundation',
    log: 'su2',
    versions: versions(PROCESSORS, ['7.5.1', '7.5.1'], ['6.2.0', '6.2.0']),
  },
  {
    code: 'abaqus',
    name: 'Abaqus',
    vendorName: 'Dassault Systèmes',
    log: 'abaqus',
    versions: versions(ALL_TYPES, ['2023', '2023'], ['2019 HF4', '2019-hf4']),
  },
  {
    code: 'ansys_e2e_desktop',
    name: 'Ansys Interactive Workflow',
    vendorName: 'Ansys',
    versions: versions(ALL_TYPES, ['2021 R1', '2021r1'], ['2020 R1', '2020r1']),
  },
  {
    code: 'ansys_mechanical',
    name: 'Ansys Mechanical',
    vendorName: 'Ansys',
    versions: versions(ALL_TYPES, ['2023 R1', '2023r1'], ['2020 R1', '2020r1']),
  },
  {
    code: 'cfx',
    name: 'Ansys CFX',
    vendorName: 'Ansys',
    versions: versions(PROCESSORS, ['2021 R1', '2021r1']),
  },
  {
    code: 'user_included',
    name: 'Bring Your Own Software',
    vendorName: 'Rescale',
    versions: versions(ALL_TYPES, ['0', '0']),
  },
  {
    code: 'python',
    name: 'Python',
    vendorName: 'Python Software Foundation',
    versions: versions(ALL_TYPES, ['3.8', '3.8'], ['2.7', '2.7']),
  },
];

/** About as many as the real catalog: a client that reads only the first page misses nearly everything. */
const ROWS = 720;

const others: AnalysisCode[] = Array.from({ length: ROWS - known.length }, (_, position) => {
  const number = String(position + 1).padStart(3, '0');
  const pairs = Array.from({ length: 1 + (position % 8) }, (__, age): [string, string] => {
    const version = `${2024 - age}.${1 + (position % 4)}`;
    return [version, `${version}-linux`];
  });
  return {
    code: `solver_${number}`,
    name: `Solver ${number}`,
    vendorName: `Vendor ${1 + (position % 90)}`,
    versions: versions(PROCESSORS, ...pairs),
  };
});

/** By name, as the catalog lists them: what people look for is on no particular page. */
export const analysisCodes: AnalysisCode[] = [...known, ...others].sort((one, other) =>
  one.name.localeCompare(other.name),
);

export function findAnalysis(code: string): AnalysisCode | undefined {
  return analysisCodes.find((each) => each.code === code);
}
