/** Whose key the simulator takes. */
export const account = {
  email: 'demouser@rescale.com',
  firstName: 'Demo',
  lastName: 'User',
};

export const company = { code: 'demo', name: 'Demo Company' };

export const projects = [
  { id: 'aerodynamics', name: 'Aerodynamics' },
  { id: 'structures', name: 'Structures' },
  { id: 'optimisation', name: 'Optimisation' },
];

export function findProject(id: string) {
  return projects.find((each) => each.id === id);
}
