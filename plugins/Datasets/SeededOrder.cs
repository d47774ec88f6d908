using System.Security.Cryptography;
using System.Text;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Orders items by a seed and their names only, so that an added case does not change the order of the others.</summary>
internal static class SeededOrder
{
    /// <summary>Items in the order of the SHA-256 of "SEED:NAME".</summary>
    public static IEnumerable<T> By<T>(IEnumerable<T> items, Func<T, string> name, int seed) => items.OrderBy(
        item => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}:{name(item)}")))), StringComparer.Ordinal);
}
