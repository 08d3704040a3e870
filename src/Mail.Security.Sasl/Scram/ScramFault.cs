namespace Mail.Security.Sasl;

internal enum ScramFault : byte
{
    None = 0,
    Malformed,
    Extension,      // "m=", RFC 5802 §5.1
    UserName,       // "=" without "2C" or "3D"
    ShortNonce,
    Salt,
    Iterations,
}
