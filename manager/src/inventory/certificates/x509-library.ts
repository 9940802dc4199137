// Loads the library that makes certificates, when one is to be made: rarely, and it takes 20 MiB and a tenth of a second.
// Responsible for the three functions of the Reflect metadata proposal that its container demands at import and JavaScript lacks.

type X509 = typeof import('@peculiar/x509');
type MetadataReflect = {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
};

export const loadX509 = async (): Promise<X509> => {
  provideMetadata(Reflect as MetadataReflect);
  return await import('@peculiar/x509');
};

const provideMetadata = (reflect: MetadataReflect): void => {
  if (reflect.getMetadata !== undefined) return;
  const store = new WeakMap<object, Map<unknown, unknown>>();
  const get = (key: unknown, target: object): unknown => store.get(target)?.get(key);
  reflect.getMetadata = get;
  reflect.getOwnMetadata = get;
  reflect.defineMetadata = (key, value, target) => {
    const entries = store.get(target) ?? new Map<unknown, unknown>();
    store.set(target, entries.set(key, value));
  };
};
