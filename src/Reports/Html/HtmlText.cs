using System.Globalization;
using System.Net;
using System.Text;

namespace HiEndMae.Reports.Html;

/// <summary>Builds HTML and escapes every text.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder text = new();

    /// <summary>Escapes a text for use between tags and in attributes.</summary>
    public static string Escape(string value) => WebUtility.HtmlEncode(value);

    /// <summary>Formats a number for HTML and SVG.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>Appends markup; interpolated values are escaped.</summary>
    public HtmlText Add(FormattableString markup)
    {
        object?[] values = [.. markup.GetArguments().Select(argument => (object?)(argument switch
        {
            null => "",
            double number => Number(number),
            _ => Escape(Convert.ToString(argument, CultureInfo.InvariantCulture)!),
        }))];
        text.AppendFormat(CultureInfo.InvariantCulture, markup.Format, values);
        return this;
    }

    /// <summary>Appends markup without escaping.</summary>
    public HtmlText Raw(string markup)
    {
        text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
