namespace Mail.Security.Dnssec;

/// <summary>A question on its way over a socket that others use too.</summary>
internal sealed class SharedQuestion(Question question, StrangerCount strangers) : TaskCompletionSource<(MessageFault Fault, DnsMessage? Message)>, IThreadPoolWorkItem
{
    private (MessageFault, DnsMessage?) _result;
    private Exception? _fault;

    public Question Question => question;

    public StrangerCount Strangers => strangers;

    /// <summary>What tells its answer from others; given by the socket.</summary>
    public ushort Id { get; set; }

    public SharedSocket? Socket { get; set; }

    /// <summary>Whether it is known what came.</summary>
    public bool IsTold { get; private set; }

    /// <summary>Takes what came; whoever waits is told of it by <see cref="Execute"/>.</summary>
    public void Tell(MessageFault fault, DnsMessage? message) => (_result, IsTold) = ((fault, message), true);

    /// <summary>Tells who waits, and goes on with him.</summary>
    public void Execute()
    {
        if (_fault is OperationCanceledException { CancellationToken: var token })
            TrySetCanceled(token);
        else if (_fault is not null)
            TrySetException(_fault);
        else
            TrySetResult(_result);
    }

    /// <summary>Ends the wait by an error. Who waits goes on elsewhere: this may be the thread of another caller.</summary>
    public void Fail(Exception fault)
    {
        _fault = fault;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Takes it back: nothing was sent, and nobody waits.</summary>
    public void Withdraw()
    {
        Socket!.Remove(this);
        if (!TrySetCanceled())
            _ = Task.Exception;         // looked at, if others ended the socket meanwhile
    }

    /// <summary>Ends the wait; an answer that comes late is nobody's.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        Socket!.Remove(this);
        Fail(new OperationCanceledException(cancellationToken));
    }
}
