namespace Mail.Security.Benchmarks.Dns;

/// <summary>What lookups in one zone cost, in nanoseconds.</summary>
/// <param name="Kept">Where unbound keeps the answer.</param>
/// <param name="Fetched">Where unbound asks nsd first.</param>
/// <param name="ArSoft">As <paramref name="Kept"/>, validated by ARSoft.Tools.Net, with the keys of the zone known.</param>
/// <param name="Signature">The platform's check of one signature of that kind, which no validation can do without.</param>
internal sealed record ZoneCosts(ColdLookup Kept, ColdLookup Fetched, double ArSoft, double Signature);
