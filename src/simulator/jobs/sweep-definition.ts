import * as v from 'valibot';
import { binaryBytes, contentOf } from '../content/contents';
import { jobDefinition, type JobDefinition } from '../definition/job-definition';
import type { FileStore } from '../model/stored-files';

const SCRIPT = `import sys

# Prints the last value of each name as "name<TAB>value": the platform makes results of it.
values = {}
for line in open(sys.argv[1]):
    words = line.replace("=", " ").split()
    if len(words) == 2 and words[0] in sys.argv[2:]:
        values[words[0]] = words[1]
for name in sys.argv[2:]:
    print("%s\\t%s" % (name, values.get(name, "*** not found ***")))
`;

const TEMPLATE = `FoamFile
{
    version     2.0;
    format      ascii;
    class       volVectorField;
    object      U;
}

dimensions      [0 1 -1 0 0 0 0];
internalField   uniform (\${x_velocity} \${y_velocity?string("0.00")} 0);
`;

/** How the built-in sweep was made, so that it can be made again from what the platform tells of it. */
export function sweepDefinition(
  store: FileStore,
  name: string,
  rows: { x: number; y: number }[],
  slots: number,
  uploadedAt: number,
): JobDefinition {
  const file = (fileName: string, typeId: number, text: string) => {
    const content = contentOf(text);
    return store.add({ name: fileName, typeId, content, md5: null, sha512: null, uploadedAt }, fileName).id;
  };
  const mesh = binaryBytes('airFoil2D.zip', 180_000);
  const input = store.add(
    { name: 'airFoil2D.zip', typeId: 1, content: mesh, md5: null, sha512: null, uploadedAt },
    'airFoil2D.zip',
  );
  const table = ['x_velocity,y_velocity', ...rows.map(({ x, y }) => `${x},${y}`)].join('\n');
  return v.parse(jobDefinition, {
    name,
    isLowPriority: true,
    paramFile: { id: file('winds.csv', 3, `${table}\n`) },
    jobanalyses: [
      {
        analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi' },
        command: 'mpirun -np 16 simpleFoam -parallel -case airFoil2D | tee log.simpleFoam',
        hardware: { coreType: 'marble', coresPerSlot: 16, slots, walltime: 10 },
        inputFiles: [{ id: input.id, decompress: true }],
        templateTasks: [
          { templateFile: { id: file('U.template', 2, TEMPLATE) }, processedFilename: 'airFoil2D/0/U' },
        ],
        postProcessScript: { id: file('extract.py', 4, SCRIPT) },
        postProcessScriptCommand: 'python extract.py log.simpleFoam Cd Cl',
      },
    ],
  });
}
