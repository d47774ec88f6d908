using System.Security.Cryptography;
using System.Text;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>Identifies a cache entry by its source and its preparation.</summary>
/// <param name="Content">Identity of the case's voxels (<see cref="DatasetCase.ContentKey"/>).</param>
/// <param name="Preparation">How the case is prepared, as text.</param>
public sealed record CaseKey(string Content, string Preparation)
{
    // Raise it when the files of an entry, or the voxels that a preparation gives, change. Entries of other versions are never opened. They are removed when they are the oldest entries.
    internal const string Version = "hiendmae-case-3";

    /// <summary>Name of the entry's folder.</summary>
    public string Folder { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Version}\n{Content}\n{Preparation}")))[..40];
}
