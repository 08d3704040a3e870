using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>One piece of work of the writer, and who waits for it.</summary>
internal abstract class WriteOperation
{
    /// <summary>Begins unless the caller gave up; from here on the caller learns the true result.</summary>
    public abstract bool Begin();

    public abstract void Execute(SqliteSession session);

    public abstract void Succeed();

    public abstract void Fail(WriteFailure failure);
}

/// <inheritdoc/>
internal sealed class WriteOperation<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) : WriteOperation
{
    private readonly TaskCompletionSource<StoreResult<T>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _value = default!;

    public Task<StoreResult<T>> Result => _result.Task;

    public override bool Begin() => !cancellationToken.IsCancellationRequested || !_result.TrySetCanceled(cancellationToken);

    public override void Execute(SqliteSession session) => _value = work(session);

    public override void Succeed() => _result.TrySetResult(new StoreResult<T>.Stored(_value));

    public override void Fail(WriteFailure failure)
    {
        if (failure.Fault is { } fault)
            _result.TrySetException(fault);
        else
            _result.TrySetResult(new StoreResult<T>.Unavailable(failure.Reason, failure.Detail));
    }
}
