// Whom one may play: those whom the sample contact centre knows, and one whom it does not. The end of a number chooses a fault.

export interface Person {
  name: string;
  number: string;
}

export const people: Person[] = [
  { name: 'Ana Silva', number: '+12025550110' },
  { name: 'Ben Okafor', number: '+12025550111' },
  { name: 'Chloe Martin', number: '+12025550113' },
  { name: 'Diego Ruiz', number: '+12025550114' },
  { name: 'Eva Novak', number: '+12025550115' },
  { name: "Finn O'Hara", number: '+12025550116' },
  { name: 'Somebody new', number: '+12025550177' },
  { name: 'Out of reach', number: '+12025550404' },
  { name: 'A crowded network', number: '+12025550429' },
  { name: 'A lost answer', number: '+12025550500' },
];

export const nameOf = (number: string): string => people.find((p) => p.number === number)?.name ?? 'Somebody';
