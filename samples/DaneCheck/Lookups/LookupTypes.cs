using System.Globalization;
using DaneCheck.Running;
using Mail.Security;

namespace DaneCheck.Lookups;

/// <summary>The types that can be looked up: some by name, any by number.</summary>
internal static class LookupTypes
{
    private const string NumberPrefix = "TYPE";

    public static IReadOnlyList<string> All { get; } = ["A", "AAAA", "CNAME", "DNSKEY", "DS", "MX", "NS", "PTR", "SOA", "SRV", "TLSA", "TXT"];

    public static bool IsKnown(string type) => All.Contains(type) || TryReadNumber(type, out _);

    /// <summary>Whether there is a way to ask the root for it.</summary>
    public static bool IsOfTheRoot(string type) => type is "DNSKEY" or "NS" or "SOA" || TryReadNumber(type, out _);

    public static string Write(ushort type) => string.Create(CultureInfo.InvariantCulture, $"{NumberPrefix}{type}");

    /// <summary>Asks; the answer is in the log.</summary>
    /// <exception cref="UsageException">The type is none of records.</exception>
    public static async Task AskAsync(LookupLog log, DomainName name, string type, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case "A":
                await log.GetAAsync(name, cancellationToken);
                break;
            case "AAAA":
                await log.GetAaaaAsync(name, cancellationToken);
                break;
            case "CNAME":
                await log.GetCnameAsync(name, cancellationToken);
                break;
            case "DNSKEY":
                await log.GetDnskeyAsync(name, cancellationToken);
                break;
            case "DS":
                await log.GetDsAsync(name, cancellationToken);
                break;
            case "MX":
                await log.GetMxAsync(name, cancellationToken);
                break;
            case "NS":
                await log.GetNsAsync(name, cancellationToken);
                break;
            case "PTR":
                await log.GetPtrAsync(name, cancellationToken);
                break;
            case "SOA":
                await log.GetSoaAsync(name, cancellationToken);
                break;
            case "SRV":
                await log.GetSrvAsync(name, cancellationToken);
                break;
            case "TLSA":
                await log.GetTlsaAsync(name, cancellationToken);
                break;
            case "TXT":
                await log.GetTxtAsync(name, cancellationToken);
                break;
            default:
                await AskRawAsync(log, name, type, cancellationToken);
                break;
        }
    }

    private static async Task AskRawAsync(LookupLog log, DomainName name, string type, CancellationToken cancellationToken)
    {
        try
        {
            TryReadNumber(type, out var number);
            await log.GetRawAsync(name, number, cancellationToken);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new UsageException($"Type {type} is none of records.");
        }
    }

    private static bool TryReadNumber(string type, out ushort number)
    {
        number = 0;
        return type.StartsWith(NumberPrefix, StringComparison.Ordinal) && ushort.TryParse(type.AsSpan(NumberPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
