using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>The times of signatures are numbers that wrap.</summary>
internal static class SerialTimeCases
{
    private static readonly DateTimeOffset Wrap = DateTimeOffset.FromUnixTimeSeconds(1L << 32);

    private static readonly ConformanceCase[] Rows =
    [
        new("before the numbers wrap, valid until after", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Now = Wrap - TimeSpan.FromDays(1) },
        new("after the numbers wrapped, valid since before", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Now = Wrap + TimeSpan.FromMinutes(1) },
        new("long after", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Now = Wrap + TimeSpan.FromDays(3000) },
        new("expired before the numbers wrapped", "a.z.test A", "Bogus 7: 2106-02-07", Z + "a.z.test A!", w => w.On("a.z.test A", new Resigned(SignatureChange.Expired(TimeSpan.FromHours(1))))) { Now = Wrap + TimeSpan.FromMinutes(1) },
        new("valid after the numbers wrap", "a.z.test A", "Bogus 8: 2106-02-07", Z + "a.z.test A!", w => w.On("a.z.test A", new Resigned(SignatureChange.NotYetValid(TimeSpan.FromHours(1))))) { Now = Wrap - TimeSpan.FromMinutes(1) },
    ];

    public static ConformanceTable Table { get; } = new("RFC 4034 §3.1.5", "serial times", Rows);
}
