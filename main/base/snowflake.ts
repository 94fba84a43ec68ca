/** A Discord id: a 64-bit unsigned integer in decimal. A string always, since it is larger than a Number holds. */
export type Snowflake = string;

/** True for 1 to 20 decimal digits that fit into 64 bits. */
export function isSnowflake(value: unknown): value is Snowflake {
  return (
    typeof value === 'string' &&
    /^[0-9]{1,20}$/.test(value) &&
    BigInt(value) <= 0xffff_ffff_ffff_ffffn
  );
}
