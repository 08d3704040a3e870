namespace Mail.Security.Hosting;

/// <summary>On which thread a session goes on when the socket has something for it.</summary>
public enum SessionScheduling : byte
{
    /// <summary>On one of the thread pool's, so that nothing a handler does keeps a socket from being read. The default.</summary>
    ThreadPool = 0,

    /// <summary>
    /// On the thread that the socket completed on, which saves a change of threads for each read. For handlers that never block
    /// their thread: file systems, databases and locks are awaited. By default the runtime completes sockets on the thread pool, and a
    /// handler that blocks then holds up its own connection only. Where DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 is set for the process
    /// they complete on the threads that watch all sockets, and a handler that blocks holds up every connection of its thread.
    /// A login by PLAIN or LOGIN against SCRAM credentials computes for milliseconds on that thread (<see cref="Sasl.SaslServerOptions.ConcurrentVerifications"/> at once).
    /// </summary>
    Inline,
}
