using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Why a transaction was undone; <paramref name="Fault"/> when an operation itself threw.</summary>
internal sealed record WriteFailure(StoreFailure Reason, string Detail, Exception? Fault = null)
{
    /// <summary>Whether other operations of the same transaction may succeed without the one that failed.</summary>
    public bool IsOfOneOperation => Fault is not null || Reason is StoreFailure.Full or StoreFailure.Corrupt;
}
