namespace Mail.Security.Benchmarks.Loopback.Servers;

/// <summary>A server that takes part in a comparison.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Version">Its version, as it tells it.</param>
/// <param name="Command">The program and its arguments; "{port}" stands for the port.</param>
internal sealed record Contender(string Name, string Version, IReadOnlyList<string> Command);
