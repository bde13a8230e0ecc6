/** A kind of hardware (docs/platform.md, "Catalog"). Names are in the platform's manner, prices are made up. */
interface CoreType {
  code: string;
  name: string;
  cores: number[];
  /** MB per core */
  memory: number;
  /** Per core and hour. */
  price: number;
  processorInfo: string;
  walltimeRequired?: boolean;
  isActive?: boolean;
  isDeprecated?: boolean;
}

export const coreTypes: CoreType[] = [
  {
    code: 'emerald',
    name: 'Emerald',
    cores: [1, 2, 4, 9, 18, 36],
    memory: 4000,
    price: 0.09,
    processorInfo: 'Xeon, 3.0 GHz',
  },
  {
    code: 'marble',
    name: 'Marble',
    cores: [1, 2, 4, 8, 16, 32],
    memory: 3800,
    price: 0.06,
    processorInfo: 'Xeon, 2.6 GHz',
  },
  {
    code: 'onyx',
    name: 'Onyx',
    cores: [2, 4, 8, 16],
    memory: 7600,
    price: 0.12,
    processorInfo: 'Xeon, 2.9 GHz',
  },
  {
    code: 'carbon',
    name: 'Carbon',
    cores: [2, 4, 8, 16, 24, 48],
    memory: 7800,
    price: 0.14,
    processorInfo: 'EPYC, 2.8 GHz',
  },
  {
    code: 'luna_max',
    name: 'Luna Max',
    cores: [24, 48, 96],
    memory: 3900,
    price: 0.11,
    processorInfo: 'EPYC, 3.4 GHz',
  },
  {
    code: 'obsidian',
    name: 'Obsidian',
    cores: [4, 8],
    memory: 15_000,
    price: 0.71,
    processorInfo: 'Xeon with GPU',
    walltimeRequired: true,
  },
  {
    code: 'nickel',
    name: 'Nickel',
    cores: [1, 2, 4, 8, 16],
    memory: 1750,
    price: 0.05,
    processorInfo: 'Xeon, 2.5 GHz',
    isDeprecated: true,
    isActive: false,
  },
  {
    code: 'standard',
    name: 'Standard',
    cores: [1, 2, 4, 8],
    memory: 3500,
    price: 0.07,
    processorInfo: 'Xeon, 2.4 GHz',
  },
  {
    code: 'hpc_plus',
    name: 'HPC Plus',
    cores: [1, 2, 4, 8, 16],
    memory: 3700,
    price: 0.1,
    processorInfo: 'Xeon, 2.9 GHz',
  },
  {
    code: 'titanium',
    name: 'Titanium',
    cores: [1, 2, 4, 8, 20],
    memory: 3000,
    price: 0.08,
    processorInfo: 'Xeon, 2.7 GHz',
  },
  {
    code: 'dolomite',
    name: 'Dolomite',
    cores: [1, 4, 16, 64],
    memory: 15_600,
    price: 0.19,
    processorInfo: 'EPYC, 3.1 GHz',
  },
  {
    code: 'iron',
    name: 'Iron',
    cores: [1, 2, 4],
    memory: 3700,
    price: 0.04,
    processorInfo: 'Xeon, 2.2 GHz',
    isActive: false,
  },
];

export function findCoreType(code: string): CoreType | undefined {
  return coreTypes.find((each) => each.code === code);
}

/** One of the sizes, or whole nodes of the largest (docs/platform.md, "Making a job"). */
export function fitsCores({ cores }: CoreType, asked: number): boolean {
  return cores.includes(asked) || asked % cores.at(-1)! === 0;
}
