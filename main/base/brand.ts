declare const brand: unique symbol;

/** A `T` that only the constructor of that name can make, so that two number spaces cannot be mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
