namespace Mail.Security.Benchmarks.Dns;

/// <summary>What a lookup cost whose answer was not kept here, in nanoseconds.</summary>
/// <param name="Asked">By one question to unbound, whose AD bit is believed.</param>
/// <param name="Plain">The exchange alone that the validation needs, asked with CD, its answer read and no more.</param>
/// <param name="Validated">Validated here, with the keys of the zone known.</param>
internal sealed record ColdLookup(double Asked, double Plain, double Validated);
