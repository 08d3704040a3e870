namespace Mail.Security.Storage.Sqlite;

/// <summary>A row holds what this package never writes. Never leaves the package.</summary>
internal sealed class StoredDataException(string message) : Exception(message);
