namespace HiEndMae.Mlflow;

/// <summary>A spool and one store.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="Target">The store, without credentials.</param>
/// <param name="NumRecords">Records in the spool.</param>
/// <param name="NumWaiting">Of these, how many have not reached the store.</param>
/// <param name="NumRefused">How many the store refused for good.</param>
/// <param name="LastRefusal">What it said to the last of these; null for none.</param>
/// <param name="NumTorn">Lines that a kill or a full disk cut.</param>
public sealed record SpoolStatus(string Folder, string Target, int NumRecords, int NumWaiting, int NumRefused, string? LastRefusal, int NumTorn);
