namespace HiEndMae.Mlflow;

/// <summary>State of a spool with regard to one store.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="Target">The store, without credentials.</param>
/// <param name="NumRecords">Records in the spool.</param>
/// <param name="NumWaiting">Number of these that have not reached the store.</param>
/// <param name="NumRefused">Number of records that the store refused permanently.</param>
/// <param name="LastRefusal">The store's message for the last refused record; null for none.</param>
/// <param name="NumTorn">Lines that are incomplete because of a kill or a full disk.</param>
public sealed record SpoolStatus(string Folder, string Target, int NumRecords, int NumWaiting, int NumRefused, string? LastRefusal, int NumTorn);
