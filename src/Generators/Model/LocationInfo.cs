using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace HiEndMae.Generators.Model;

/// <summary>A location that does not keep a syntax tree alive, as a <see cref="Location"/> would.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo? From(Location? location) => location?.SourceTree is null
        ? null
        : new LocationInfo(location.SourceTree.FilePath, location.SourceSpan, location.GetLineSpan().Span);

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
