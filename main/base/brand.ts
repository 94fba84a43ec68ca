declare const brand: unique symbol;

/** A `T` marked with `Name`, so that two number spaces cannot be mixed up. One function beside each brand makes it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
