namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>What the load generator does.</summary>
internal sealed record LoadPlan
{
    public required LoadMode Mode { get; init; }

    /// <summary>The port on loopback.</summary>
    public required int Port { get; init; }

    /// <summary>Connections at a time.</summary>
    public int Sessions { get; init; } = 16;

    /// <summary>Bytes of a message as its recipient sees it: without the end mark and the dots added for the wire.</summary>
    public int Size { get; init; } = 1024;

    /// <summary>Every so many lines of a message begin with a dot; 0 for none.</summary>
    public int DotEvery { get; init; }

    /// <summary>Transactions under way on a connection when they are sent by BDAT.</summary>
    public int Window { get; init; } = 8;

    /// <summary>How long new transactions are begun; those under way are then finished and counted.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same before anything is counted.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>The server whose CPU time and memory are counted, with its children; null for none.</summary>
    public int? Server { get; init; }
}
