namespace Mail.Security.Dane;

/// <summary>The one place where faults of the certificate library, fed with a stranger's octets, become values.</summary>
internal static class Untrusting
{
    /// <summary>Runs a reading of foreign data; any fault means that the data is no good, never that the caller must fail.</summary>
    public static T? Try<T>(Func<T?> read)
    {
        // Nothing in here does I/O or waits. The library documents no list of what malformed input may raise
        // (I/O, security, argument, cast and arithmetic exceptions were all seen), so none is assumed.
        try
        {
            return read();
        }
        catch (Exception)
        {
            return default;
        }
    }
}
