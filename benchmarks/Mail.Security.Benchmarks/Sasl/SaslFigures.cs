using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Sasl;

/// <summary>All rounds with one count.</summary>
/// <param name="Iterations">The count.</param>
/// <param name="AllocatedFirst">Bytes of a login that derives the keys, both sides together.</param>
/// <param name="AllocatedAgain">Bytes of a login that remembers them.</param>
internal sealed record SaslFigures(int Iterations, double AllocatedFirst, double AllocatedAgain)
{
    public List<SaslRound> Rounds { get; } = [];

    public Spread? Micros(Func<SaslRound, double> value) => Spread.Of(Rounds.Select(round => value(round) / 1000));

    /// <summary>Round by round: what moves the machine moves both.</summary>
    public Spread? Ratio(Func<SaslRound, double> value) => Spread.Of(Rounds.Select(round => value(round) / round.Derivation));
}
